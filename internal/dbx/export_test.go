package dbx

// FailCommits has every following COMMIT of the SQLite writer roll back and
// report err instead. Call it before the first write.
func (db *DB) FailCommits(err error) {
	db.writer.commit = func() error {
		db.writer.rollback()
		return err
	}
}

// MaxGroup is how many calls share a commit.
const MaxGroup = maxGroup
