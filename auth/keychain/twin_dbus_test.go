//go:build (dragonfly && cgo) || (freebsd && cgo) || linux || netbsd || openbsd

package keychain

import ss "github.com/zalando/go-keyring/secret_service"

// fileTwin files an item as another tool would: under the same names, with one more
// attribute, so that ours does not replace it.
func fileTwin(service, name, value string) error {
	svc, err := ss.NewSecretService()
	if err != nil {
		return err
	}
	session, err := svc.OpenSession()
	if err != nil {
		return err
	}
	collection := svc.GetLoginCollection()
	if err := svc.Unlock(collection.Path()); err != nil {
		return err
	}
	attributes := map[string]string{"service": service, "username": name, "xdg:schema": "org.freedesktop.Secret.Generic"}
	return svc.CreateItem(collection, "made by another tool", attributes, ss.NewSecret(session.Path(), value))
}
