package dbx

import "syscall"

// networkFileSystem recognises file systems whose locks SQLite can't trust,
// by the magic numbers of statfs(2).
func networkFileSystem(dir string) (kind string, network bool) {
	var st syscall.Statfs_t
	if err := syscall.Statfs(dir, &st); err != nil {
		return "", false // a check for a warning must not stop a start
	}
	switch uint32(st.Type) {
	case 0x6969:
		return "nfs", true
	case 0x517B:
		return "smb", true
	case 0xFF534D42:
		return "cifs", true
	case 0xFE534D42:
		return "smb2", true
	case 0x01021997:
		return "9p", true
	case 0x5346414F:
		return "afs", true
	case 0x00C36400:
		return "ceph", true
	}
	return "", false
}
