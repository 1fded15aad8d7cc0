//! What happened, told as text, JSON or CSV.
