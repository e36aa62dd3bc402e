package config

import "reflect"

// Names returns every variable that Load understands: the settings, the _FILE
// variants of secrets, and PUFA_CONFIG.
func Names() []string {
	list := []string{fileKey}
	for _, f := range fields(reflect.TypeFor[Settings](), "") {
		list = append(list, f.key)
		if f.secret {
			list = append(list, f.key+fromFile)
		}
	}
	return list
}
