//! How it is kept: the only room that knows redb, postcard and the data file.
