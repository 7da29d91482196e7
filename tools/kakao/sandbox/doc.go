// Package sandbox is a Kakao in process: the auth host with its login and consent
// pages, the API host with user, friends, KakaoTalk messages, picture upload and Talk
// Calendar, and a page of chat rooms in which a person sees messages and reminders
// arrive. Tests, the demo and the sandbox mode of the commands run against it over real HTTP.
//
// This package holds the app, its people and their logins, answers requests and draws
// pages. What a message may hold and how it looks is in template, events are in calendar,
// daily limits in quota; these know neither requests nor people.
//
// It owns its JSON types, written from Kakao's documentation, and imports the standard
// library only; sharing types with a client would hide that client's mistakes. It is
// strict: what Kakao refuses is refused, with Kakao's codes (Kakao docs: "Error code",
// "Troubleshooting"). Where the documentation is silent it chooses the stricter reading:
//
//   - an access token carries the consents of its own grant; a later consent needs new tokens
//   - an authorization code is spent by a failed exchange too
//   - the day of the message limits turns over at midnight in Korea
//   - messages to oneself are not counted
//   - a consent item that is not set up is told after the account login (Variants)
//   - a text that has neither link nor buttons gets a button that opens nothing
//   - pictures have at most 5,000,000 bytes, calendar events the smaller of two limits
//   - an event without reminders does not ring, and one that repeats is changed as a whole
//
// # Controls
//
// What the methods of Sandbox set can also be set over HTTP on the API host, from this
// machine and from the sandbox's own pages only. GET answers the state, POST takes a JSON object.
//
//	/_sandbox/answers     GET        names that faults may have as answer
//	/_sandbox/app         GET, POST  fields of App; those given replace
//	/_sandbox/befriend    POST       person, to, favorite, hidden, blocked
//	/_sandbox/clock       GET, POST  advance ("24h")
//	/_sandbox/connect     POST       person, scopes
//	/_sandbox/deliveries  GET
//	/_sandbox/events      GET        of all calendars
//	/_sandbox/expire      POST       access, refresh (true or false)
//	/_sandbox/faults      GET, POST  fields of Faults, latency_ms; the whole set is replaced
//	/_sandbox/fill        POST       n
//	/_sandbox/idtoken     POST       header, claims, signature, missing
//	/_sandbox/newuuid     POST       person; answers the new uuid, the old one ends
//	/_sandbox/people      GET, POST  fields of Person; answers the id
//	/_sandbox/person      POST       id and fields of Person; those given replace
//	/_sandbox/pictures    GET
//	/_sandbox/quota       POST       person: has used up today's messages
//	/_sandbox/reminders   GET        that have rung
//	/_sandbox/requests    GET, POST  POST forgets them
//	/_sandbox/reset       POST       ends faults, sets the day's counters to zero, restores changed people
//	/_sandbox/rotate      POST       replaces the signing key
//	/_sandbox/strict      POST       strict (true or false)
//	/_sandbox/unlink      POST       person
//	/_sandbox/uuid        POST       person; answers the uuid
//	/_sandbox/variants    GET, POST  fields of Variants; the whole set is replaced
//	/_sandbox/withdraw    POST       person, scopes; none means all
package sandbox
