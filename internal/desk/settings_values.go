package desk

import "reflect"

// pointers returns the address of every setting by key.
func (s *Settings) pointers() map[string]any {
	v := reflect.ValueOf(s).Elem()
	byKey := make(map[string]any, v.NumField())
	for i := range v.NumField() {
		byKey[v.Type().Field(i).Tag.Get("json")] = v.Field(i).Addr().Interface()
	}
	return byKey
}

// values returns every setting by key as plain JSON-ready values: bool, int,
// string or list of strings.
func (s Settings) values() map[string]any {
	byKey := s.pointers()
	for key, p := range byKey {
		byKey[key] = plain(p)
	}
	return byKey
}

func plain(p any) any {
	switch v := p.(type) {
	case *bool:
		return *v
	case *int:
		return *v
	case *ID:
		return v.String()
	case *[]string:
		return *v
	case *HourRange:
		text, _ := v.MarshalText() // never fails
		return string(text)
	}
	return reflect.ValueOf(p).Elem().String()
}
