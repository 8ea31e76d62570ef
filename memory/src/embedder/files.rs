//! Where the model lies on disk.
