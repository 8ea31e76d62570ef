//! The secret that every caller has to know: as `Authorization: Bearer`, or in a browser as a cookie, which it gets for
//! opening an address with the token once.

use axum::{
    extract::Request,
    http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header},
    response::{IntoResponse, Response},
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

use crate::config::Secret;

/// Name of the cookie that a browser gets for knowing the token. Its value is percent-encoded: a cookie cannot hold
/// every character of a token.
const COOKIE: &str = "agent_memory_token";

/// Name of the field in an address.
const FIELD: &str = "token";

/// The token that is asked for.
#[derive(Debug, Clone)]
pub(super) struct Token(pub(super) Secret);

impl Token {
    /// The answer to a request that does not know it, or tells it in its address. `None` lets the request pass.
    pub(super) fn answer(&self, request: &Request) -> Option<Response> {
        let headers = request.headers();
        if self.is_borne(headers) {
            return None;
        }
        // Also where the cookie is there already: the token is not to stay in the address.
        let welcome = self.welcome(request.method(), request.uri());
        welcome.or_else(|| (!self.is_kept(headers)).then(refusal))
    }

    fn is_borne(&self, headers: &HeaderMap) -> bool {
        headers.get(header::AUTHORIZATION).and_then(bearer).is_some_and(|given| self.is(given))
    }

    fn is_kept(&self, headers: &HeaderMap) -> bool {
        let headers = headers.get_all(header::COOKIE).iter().filter_map(|value| value.to_str().ok());
        let cookies =
            headers.flat_map(|cookies| cookies.split(';')).filter_map(|cookie| cookie.split_once('='));
        cookies.filter(|(name, _)| name.trim() == COOKIE).any(|(_, value)| self.is(&decoded(value.trim())))
    }

    /// Answers an address with the token by a cookie, and leads to the same address without it.
    fn welcome(&self, method: &Method, uri: &Uri) -> Option<Response> {
        let query = uri.query().filter(|_| matches!(*method, Method::GET | Method::HEAD))?;
        if !query.split('&').filter_map(given).any(|given| self.is_written(given)) {
            return None;
        }
        let value = utf8_percent_encode(self.0.reveal(), NON_ALPHANUMERIC);
        let cookie = format!("{COOKIE}={value}; Path=/; HttpOnly; SameSite=Strict");
        let headers = [
            (header::SET_COOKIE, HeaderValue::from_str(&cookie).ok()?),
            (header::LOCATION, HeaderValue::from_str(&without_token(uri.path(), query)).ok()?),
            (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
        ];
        Some((StatusCode::SEE_OTHER, headers).into_response())
    }

    /// Whether a value in an address is the token. A plus is a blank in forms, and itself for people who paste a token.
    fn is_written(&self, given: &str) -> bool {
        self.is(&decoded(given)) || self.is(&decoded(&given.replace('+', " ")))
    }

    /// Compares in a time that depends on the lengths only.
    fn is(&self, given: &str) -> bool {
        let expected = self.0.reveal();
        let differences = given.bytes().zip(expected.bytes()).fold(0, |found, (a, b)| found | (a ^ b));
        given.len() == expected.len() && differences == 0
    }
}

/// Whether a header can carry a token: it holds printable ASCII, and loses blanks at the ends.
pub(crate) fn fits_a_header(token: &str) -> bool {
    token.bytes().all(|byte| matches!(byte, b' '..=b'~')) && token.trim() == token
}

fn refusal() -> Response {
    let text = "send the token as `Authorization: Bearer`, or open `/?token=` once";
    let mut response = super::error(StatusCode::UNAUTHORIZED, text);
    response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    response
}

/// The token of an `Authorization` header. Names of schemes have no case.
fn bearer(value: &HeaderValue) -> Option<&str> {
    let (scheme, token) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("Bearer").then(|| token.trim_start())
}

/// The value of a token's field, as it stands in the address.
fn given(field: &str) -> Option<&str> {
    let (name, value) = field.split_once('=')?;
    (decoded(name) == FIELD).then_some(value)
}

/// The address, with everything but the token. One slash at its beginning: two would lead to another site.
fn without_token(path: &str, query: &str) -> String {
    let path = path.trim_start_matches(['/', '\\']);
    let rest: Vec<_> = query.split('&').filter(|field| given(field).is_none()).collect();
    let mark = if rest.is_empty() { "" } else { "?" };
    format!("/{path}{mark}{}", rest.join("&"))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const PRINTABLE: &str = r##" !"#$%&'()*+,-./0189:;<=>?@AZ[\]^_`az{|}~"##;

    fn token(text: &str) -> Token {
        Token(Secret::from(text))
    }

    fn request(uri: &str, headers: &[(header::HeaderName, &str)]) -> Request {
        let request = headers
            .iter()
            .fold(Request::builder().uri(uri), |request, (name, value)| request.header(name, *value));
        request.body(Body::empty()).unwrap()
    }

    fn with(name: header::HeaderName, value: &str) -> Request {
        request("/", &[(name, value)])
    }

    /// Where an address with the token leads, and the cookie.
    fn welcome(token: &Token, uri: &str) -> Option<(String, String)> {
        let response = token.answer(&request(uri, &[])).unwrap();
        let text =
            |name| response.headers().get(name).map(|value: &HeaderValue| value.to_str().unwrap().to_owned());
        (response.status() == StatusCode::SEE_OTHER).then(|| {
            assert_eq!(text(header::CACHE_CONTROL).unwrap(), "no-store");
            (text(header::LOCATION).unwrap(), text(header::SET_COOKIE).unwrap())
        })
    }

    #[test]
    fn the_token_is_taken_as_bearer_or_cookie() {
        let token = token("s3cret");
        for right in ["Bearer s3cret", "bearer s3cret", "BEARER   s3cret"] {
            assert!(token.answer(&with(header::AUTHORIZATION, right)).is_none(), "{right}");
        }
        for right in [
            "a=b; agent_memory_token=s3cret",
            "agent_memory_token=old;agent_memory_token=s3cret",
            "agent_memory_token=%73%33cret",
        ] {
            assert!(token.answer(&with(header::COOKIE, right)).is_none(), "{right}");
        }
        for wrong in
            ["Bearer s3cre", "Bearer s3cret2", "Bearer ", "Bearer", "s3cret", "Basic s3cret", "Bearers3cret"]
        {
            assert!(token.answer(&with(header::AUTHORIZATION, wrong)).is_some(), "{wrong}");
        }
        for wrong in ["agent_memory_token=wrong", "agent_memory_token=", "agent_memory_token", "other=s3cret"]
        {
            assert!(token.answer(&with(header::COOKIE, wrong)).is_some(), "{wrong}");
        }
        let refusal = token.answer(&request("/", &[])).unwrap();
        assert_eq!(refusal.status(), StatusCode::UNAUTHORIZED);
        assert_eq!(refusal.headers()[header::WWW_AUTHENTICATE], "Bearer");
    }

    #[test]
    fn the_token_in_an_address_becomes_a_cookie_and_the_rest_stays() {
        let token = token("s3cret");
        let rows = [
            ("/?token=s3cret", "/"),
            ("/?user=a%20b&token=s3cret&thread=0123", "/?user=a%20b&thread=0123"),
            ("/?token=wrong&user=a&token=s3cret", "/?user=a"),
            ("/api?%74oken=s3cre%74", "/api"),
            ("//evil.example/?token=s3cret", "/evil.example/"),
            ("/\\evil.example/?token=s3cret", "/evil.example/"),
        ];
        for (uri, expected) in rows {
            let (location, cookie) = welcome(&token, uri).unwrap();
            assert_eq!(location, expected);
            assert_eq!(cookie, "agent_memory_token=s3cret; Path=/; HttpOnly; SameSite=Strict");
        }
        for wrong in ["/?token=wrong", "/?token", "/?tokens=s3cret", "/?token=", "/"] {
            assert_eq!(welcome(&token, wrong), None, "{wrong}");
        }
    }

    #[test]
    fn only_reading_is_led_elsewhere() {
        let mut posted = request("/turn?token=s3cret", &[]);
        *posted.method_mut() = Method::POST;
        assert_eq!(token("s3cret").answer(&posted).unwrap().status(), StatusCode::UNAUTHORIZED);
    }

    #[test]
    fn the_token_leaves_the_address_of_those_who_have_the_cookie_too() {
        let again = request("/?token=s3cret", &[(header::COOKIE, "agent_memory_token=s3cret")]);
        assert_eq!(token("s3cret").answer(&again).unwrap().status(), StatusCode::SEE_OTHER);
        let bearer = request("/?token=s3cret", &[(header::AUTHORIZATION, "Bearer s3cret")]);
        assert!(token("s3cret").answer(&bearer).is_none());
    }

    #[test]
    fn every_printable_character_survives_every_way() {
        for secret in [PRINTABLE.trim(), "a&b=c", "100%", "a+b/c==", "a b", "%41", "; Path=/", "\"quoted\""] {
            let token = token(secret);
            assert!(fits_a_header(secret));
            assert!(
                token.answer(&with(header::AUTHORIZATION, &format!("Bearer {secret}"))).is_none(),
                "{secret}"
            );
            let encoded = utf8_percent_encode(secret, NON_ALPHANUMERIC).to_string();
            let (location, cookie) = welcome(&token, &format!("/?token={encoded}&user=a")).unwrap();
            assert_eq!(location, "/?user=a");
            let cookie = cookie.split(';').next().unwrap();
            assert!(token.answer(&with(header::COOKIE, cookie)).is_none(), "{secret}");
            // As forms write it.
            assert!(
                welcome(&token, &format!("/?token={}", encoded.replace("%20", "+"))).is_some(),
                "{secret}"
            );
        }
        // As people paste it, where nothing else is meant by it.
        assert!(welcome(&token("a+b/c=="), "/?token=a+b/c==").is_some());
    }

    #[test]
    fn a_token_that_no_header_can_carry_is_known() {
        for unfit in ["a\nb", "a\tb", "a\u{7f}", "é", "日本", " a", "a ", "\0"] {
            assert!(!fits_a_header(unfit), "{unfit:?}");
        }
    }
}
