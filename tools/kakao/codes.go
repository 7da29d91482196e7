package kakao

// Kakao's codes of API answers. Kakao docs: REST API > Error code.
const (
	CodeInternal       = -1 // the platform may have done its work all the same
	CodeBadParameter   = -2 // see [Error.Cause]
	CodeNotEnabled     = -3 // a feature or consent item is off, see [Error.ItemsOff]
	CodeRestricted     = -4 // the account is
	CodeNoPermission   = -5 // of the app for this API
	CodePolicy         = -6
	CodeService        = -7 // maintenance or fault of one service
	CodeBadHeader      = -8
	CodeEnded          = -9  // the API is no more
	CodeQuota          = -10 // see [QuotaRule]
	CodePaidQuota      = -11
	CodeSanctioned     = -12  // the app or its developer is
	CodeNotLinked      = -101 // the user is not connected to the app
	CodeAlreadyLinked  = -102
	CodeNoAccount      = -103 // dormant, or unknown
	CodeNoProperty     = -201
	CodeNoApp          = -301 // the app does not exist (any more)
	CodeUnauthorized   = -401 // token, key, address or domain, see [Error.Cause]
	CodeConsentMissing = -402 // see RequiredScopes
	CodeAgeCheck       = -405
	CodeUnderAge       = -406
	CodeNotTalkUser    = -501
	CodeNotFriend      = -502
	CodeDevice         = -504 // the receiver's does not support it
	CodeNoEvent        = -520 // no such event in the calendar
	CodeProfilePrivate = -530 // the receiver's is not public
	CodeMonthlyQuota   = -531
	CodeSenderQuota    = -532 // a day's
	CodeReceiverQuota  = -533 // a day's
	CodePairQuota      = -536 // a day's, of this sender and receiver
	CodeImageTooLarge  = -602
	CodeTimeout        = -603 // inside the platform, which may have done its work all the same
	CodeTooManyImages  = -606
	CodeNoDeveloper    = -903  // the key's developer is not registered
	CodeImageFormat    = -911  // not supported
	CodeMaintenance    = -9798 // of the whole platform, with HTTP 503
)

// leavesOpen reports whether an answer with code may come although the platform
// did its work. Kakao docs: REST API > Error code, "Retry".
func leavesOpen(code int) bool { return code >= 0 || code == CodeInternal || code == CodeTimeout }

// receiverLevel reports whether code is about one receiver, not about the call:
// not a KakaoTalk user, not a friend, unsupported device, private, quotas.
func receiverLevel(code int) bool {
	return code == CodeNotTalkUser || code == CodeNotFriend || code == CodeDevice ||
		code <= CodeProfilePrivate && code >= CodePairQuota
}
