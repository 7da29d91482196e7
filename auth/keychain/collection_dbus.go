//go:build (dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd

package keychain

import "github.com/godbus/dbus/v5"

// lacksCollection reports whether there is a Secret Service that offers no place for
// items: its default collection is missing. KeePassXC is so until a database shares
// a group. (Secret Service API, "ReadAlias".)
func lacksCollection() bool {
	bus, err := dbus.SessionBus() // the library's own connection
	if err != nil {
		return false
	}
	var path dbus.ObjectPath
	service := bus.Object("org.freedesktop.secrets", "/org/freedesktop/secrets")
	err = service.Call("org.freedesktop.Secret.Service.ReadAlias", 0, "default").Store(&path)
	return err == nil && path == "/"
}
