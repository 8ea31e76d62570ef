//! The content security policy: what the page may load, told to the browser with each page.

use axum::http::{HeaderValue, header::CONTENT_SECURITY_POLICY};
use leptos::{
    config::{Env, LeptosOptions},
    nonce::use_nonce,
    prelude::use_context,
};
use leptos_axum::ResponseOptions;

/// Sends the policy with the page that is being rendered. Nothing comes from elsewhere, and only the inline scripts of this
/// response run.
pub(crate) fn send_content_security_policy(options: &LeptosOptions) {
    let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>()) else { return };
    if let Ok(policy) = HeaderValue::from_str(&policy(&nonce, reload_source(options).as_deref())) {
        response.insert_header(CONTENT_SECURITY_POLICY, policy);
    }
}

/// Where `cargo leptos watch` tells the page to reload.
fn reload_source(options: &LeptosOptions) -> Option<String> {
    (options.env == Env::DEV).then(|| {
        format!(
            "ws://localhost:{0} ws://127.0.0.1:{0}",
            options.reload_external_port.unwrap_or(options.reload_port)
        )
    })
}

fn policy(nonce: &str, extra_connect_source: Option<&str>) -> String {
    let connect_source = match extra_connect_source {
        Some(source) => format!("'self' {source}"),
        None => "'self'".into(),
    };
    format!(
        "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self'; \
         connect-src {connect_source}; img-src 'self' data:; object-src 'none'; frame-ancestors 'none'; \
         base-uri 'self'; form-action 'self'"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_this_response_s_scripts_run() {
        let policy = policy("abc", None);
        assert!(policy.contains("script-src 'self' 'nonce-abc' 'wasm-unsafe-eval';"));
        assert!(policy.contains("connect-src 'self';"));
        assert!(!policy.contains("unsafe-inline"));
    }

    #[test]
    fn the_page_hears_of_builds_only_while_it_is_watched() {
        let options = |env| LeptosOptions::builder().output_name("a").env(env).reload_port(8091).build();
        let expected = "ws://localhost:8091 ws://127.0.0.1:8091";
        assert_eq!(reload_source(&options(Env::DEV)).as_deref(), Some(expected));
        assert_eq!(reload_source(&options(Env::PROD)), None);
    }
}
