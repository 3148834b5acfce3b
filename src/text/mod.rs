//! How it is said: messages, dates, numbers and money in the language of the reader.
