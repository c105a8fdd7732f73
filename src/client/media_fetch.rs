//! Files that messages name by their URLs. One call asks one URL: TypeScript decides which are asked, and again after each redirect.

use bytes::Bytes;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, HeaderName, LOCATION};
use http::{Response, StatusCode, Uri};
use http_body_util::BodyExt as _;
use hyper::body::Incoming;

use super::Client;
use super::error_chain::{find_cause, root_cause};
use super::failure::{Failure, code_of};
use super::network::AddressRefused;

/// What a fetch may do.
#[derive(Debug, Clone, Copy)]
pub struct FetchLimits {
    /// The largest file.
    pub max_bytes: usize,
    /// Whether private addresses and those of this machine are reached.
    pub allows_private: bool,
}

/// What a URL answers.
#[derive(Debug)]
pub enum Fetched {
    /// A file.
    File(FetchedFile),
    /// The value of `location`.
    Redirect(String),
}

/// A file, and its type as the server says it.
#[derive(Debug, Clone)]
pub struct FetchedFile {
    /// All bytes.
    pub bytes: Bytes,
    /// The value of `content-type`.
    pub content_type: Option<String>,
}

impl Client {
    /// Asks for the file at `url`, an `https` URL without user and password.
    ///
    /// # Errors
    /// [`Failure::Fetch`].
    pub async fn fetch(&self, url: &str, limits: FetchLimits) -> Result<Fetched, Failure> {
        let url: Uri = url.parse().map_err(|error| refuse(format!("it is no URL ({error})")))?;
        if url.scheme_str() != Some("https") || url.authority().is_none_or(|authority| authority.as_str().contains('@')) {
            return Err(refuse("only https URLs without user and password are fetched".to_owned()));
        }
        let response = self
            .web
            .get(&self.options.network, limits.allows_private)
            .get(url)
            .await
            .map_err(|error| from_network(error.as_ref()))?;
        match response.status() {
            StatusCode::OK => Ok(Fetched::File(read_file(response, limits.max_bytes).await?)),
            StatusCode::MOVED_PERMANENTLY
            | StatusCode::FOUND
            | StatusCode::SEE_OTHER
            | StatusCode::TEMPORARY_REDIRECT
            | StatusCode::PERMANENT_REDIRECT => match header(&response, &LOCATION) {
                Some(location) => Ok(Fetched::Redirect(location)),
                None => Err(refuse("it redirects without saying where to".to_owned())),
            },
            status => Err(refuse(format!("the server answers with HTTP status {}", status.as_u16()))),
        }
    }
}

async fn read_file(response: Response<Incoming>, max_bytes: usize) -> Result<FetchedFile, Failure> {
    if let Some(encoding) = header(&response, &CONTENT_ENCODING).filter(|encoding| !encoding.eq_ignore_ascii_case("identity")) {
        let encoding: String = encoding.chars().filter(|char| !char.is_control()).take(MAX_SHOWN).collect();
        return Err(refuse(format!("the server sends it compressed ({encoding}), which was not asked for")));
    }
    let announced = header(&response, &CONTENT_LENGTH).and_then(|length| length.parse::<usize>().ok());
    if let Some(length) = announced.filter(|length| *length > max_bytes) {
        return Err(refuse(format!("it has {length} bytes, and fetchMedia.maxBytes is {max_bytes}")));
    }
    let content_type = header(&response, &CONTENT_TYPE).map(|value| value.chars().filter(|char| !char.is_control()).take(MAX_SHOWN).collect());
    let mut body = response.into_body();
    let mut bytes = Vec::with_capacity(announced.unwrap_or_default());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| from_network(&error))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > max_bytes {
            return Err(refuse(format!("it has more than {max_bytes} bytes, which is fetchMedia.maxBytes")));
        }
        bytes.extend_from_slice(&data);
    }
    if bytes.is_empty() {
        return Err(refuse("the server answers without a body".to_owned()));
    }
    Ok(FetchedFile {
        bytes: bytes.into(),
        content_type,
    })
}

fn header(response: &Response<Incoming>, name: &HeaderName) -> Option<String> {
    let value = response.headers().get(name)?;
    Some(String::from_utf8_lossy(value.as_bytes()).into_owned())
}

/// Characters of a header in an error: a server may send anything.
const MAX_SHOWN: usize = 100;

fn refuse(why: String) -> Failure {
    Failure::Fetch { why, code: None }
}

fn from_network(error: &(dyn std::error::Error + 'static)) -> Failure {
    if let Some(AddressRefused(address)) = find_cause(error) {
        return refuse(format!("its host has the address {address}, which is none of the public Internet"));
    }
    let code = code_of(error);
    let named = code.map_or(String::new(), |code| format!("{code}: "));
    Failure::Fetch {
        why: format!("{named}{}", root_cause(error)),
        code,
    }
}
