"""One file format a file; each claims files by their content."""
