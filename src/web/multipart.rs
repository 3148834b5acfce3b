//! Forms that carry a file.

use poem::http::StatusCode;
use poem::web::Multipart;
use poem::{FromRequest, Request};

use super::ctx::Upload;
use super::fields::{Fields, readable};

/// How the name of a hidden field ends with which a file comes back that was sent before: browsers
/// send a file once, and nobody should have to choose it again.
pub const CHOSEN: &str = "-chosen";

/// Reads fields and files; more bytes than allowed are refused, not cut. What is typed beside a file
/// may be as long as in a form without one.
pub async fn read(
    request: Request,
    max_bytes: usize,
    max_text: usize,
) -> Result<(Fields, Vec<Upload>), StatusCode> {
    let bad = StatusCode::BAD_REQUEST;
    let (request, mut body) = request.split();
    let mut multipart = Multipart::from_request(&request, &mut body)
        .await
        .map_err(|_| bad)?;
    let (mut pairs, mut files) = (Vec::new(), Vec::new());
    let (mut left, mut text_left) = (max_bytes, max_text);
    while let Some(field) = multipart.next_field().await.map_err(|_| bad)? {
        let Some(name) = field.name().map(str::to_owned) else {
            continue;
        };
        let file_name = field.file_name().map(str::to_owned);
        let bytes = field.bytes().await.map_err(|_| bad)?;
        left = left
            .checked_sub(bytes.len())
            .ok_or(StatusCode::PAYLOAD_TOO_LARGE)?;
        match file_name {
            Some(file_name) if !bytes.is_empty() => {
                files.push(Upload {
                    field: name,
                    name: file_name,
                    bytes,
                });
            }
            Some(_) => {}
            None => {
                let typed_bytes = if name.ends_with(CHOSEN) {
                    0
                } else {
                    bytes.len()
                };
                text_left = text_left
                    .checked_sub(typed_bytes)
                    .ok_or(StatusCode::PAYLOAD_TOO_LARGE)?;
                let typed = String::from_utf8_lossy(&bytes).into_owned();
                pairs.push((readable(name), readable(typed)));
            }
        }
    }
    Ok((Fields::from_pairs(pairs), files))
}
