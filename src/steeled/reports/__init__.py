"""One format a file: a pure function of the record of an audit."""
