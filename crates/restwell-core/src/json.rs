//! Writing JSON text.

/// Appends `text` as a JSON string, quotes included.
pub fn write_json_string(text: &str, out: &mut Vec<u8>) {
    // Writing a string into a `Vec` has no failure.
    let _ = serde_json::to_writer(out, text);
}
