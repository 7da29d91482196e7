package viewer

import _ "embed"

// dictionary is the preset DEFLATE window shared by Encode, Decode and the
// page. Links carry only what differs from it, so its bytes are part of link
// format 1 and never change: other words need another Version.
//
// The words most likely to be met stand at the end, where a reference to them
// costs the fewest bits.
//
//go:embed dictionary.txt
var dictionary string
