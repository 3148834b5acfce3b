//! What one sees: the only room that knows poem, maud and cookies.
