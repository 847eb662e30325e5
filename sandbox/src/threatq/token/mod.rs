//! The token endpoint, `POST /api/token`: one grant per request, ten ways to write it down.
//!
//! [`request`] reads the ten ways, [`store`] keeps tokens (as digests), [`grant`] decides, [`refusal`]
//! words a no. Tokens are opaque: base64 of hexadecimal digits, as the platform's are.

mod grant;
mod refusal;
mod request;
pub(super) mod store;

pub(super) use grant::token;
