//! What leaves the building: the delivery loop and its channels.
