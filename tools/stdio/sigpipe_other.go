//go:build !unix

package stdio

// IgnoreSIGPIPE does nothing here: there is no such signal.
func IgnoreSIGPIPE() {}
