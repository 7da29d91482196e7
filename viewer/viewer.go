// Package viewer makes long messages readable behind a link.
//
// It owns the message page, the format of its links, the encrypted store of
// messages kept on this computer, and the HTTP handler that shows both to the
// public. Two kinds of link exist:
//
//   - a page link carries the whole text, compressed, behind '#'. No server
//     sees it, it never expires and cannot be withdrawn;
//   - a stored link names a blob of the store; the key is behind '#', so the
//     disk and whoever carries the traffic hold ciphertext only.
//
// The package writes nothing but the store and exported pages, opens no
// listener, reads no environment and logs nothing. It imports the standard library
// and the ground; which public address leads here, and where text is best cut, is
// the caller's business.
package viewer
