//! The JSON text that TypeScript makes of a request.

use serde_json::value::RawValue;

use crate::convert::json::Object;
use crate::error::Error;

/// Reads the request one level deep.
pub(super) fn read_request(request: &str) -> Result<Object<'_>, Error> {
    let request: &RawValue = serde_json::from_str(request).map_err(|error| Error::InvalidInput(format!("request: not JSON: {error}")))?;
    Object::read(request).ok_or_else(|| Error::InvalidInput("request: not a JSON object".to_owned()))
}
