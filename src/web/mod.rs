//! The service's own endpoints: is it alive, is it ready, what did it count. Read only, on loopback.

use std::fmt::Write as _;
use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use crate::service::watch::health::{Health, Standing};

/// Serves until `end`.
///
/// # Errors
/// When the listener fails.
pub async fn serve(
    listener: TcpListener,
    health: Arc<Health>,
    end: impl Future<Output = ()> + Send + 'static,
) -> std::io::Result<()> {
    axum::serve(listener, router(health))
        .with_graceful_shutdown(end)
        .await
}

/// The routes.
pub fn router(health: Arc<Health>) -> Router {
    Router::new()
        .route("/healthz", get(|| async { "alive\n" }))
        .route("/readyz", get(ready))
        .route("/metrics", get(metrics))
        .layer(middleware::from_fn(only_here))
        .with_state(health)
}

/// A page elsewhere can make a browser ask here under a name of its own; such a name is refused.
async fn only_here(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST);
    let named = host
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let name = match named.rsplit_once(':') {
        Some((name, port)) if port.chars().all(|c| c.is_ascii_digit()) => name,
        _ => named,
    };
    if matches!(name, "localhost" | "127.0.0.1" | "[::1]") {
        next.run(request).await
    } else {
        (StatusCode::MISDIRECTED_REQUEST, "not this host\n").into_response()
    }
}

async fn ready(State(health): State<Arc<Health>>) -> Response {
    let standing = health.standing();
    if standing.last_round.is_none() {
        return (StatusCode::SERVICE_UNAVAILABLE, "no round yet\n").into_response();
    }
    if standing.troubles.is_empty() {
        return "ready\n".into_response();
    }
    let told = format!("trouble: {}\n", standing.troubles.join(", "));
    (StatusCode::SERVICE_UNAVAILABLE, told).into_response()
}

async fn metrics(State(health): State<Arc<Health>>) -> Response {
    let kind = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (kind, exposition(&health.standing())).into_response()
}

/// Prometheus' text format 0.0.4.
fn exposition(standing: &Standing) -> String {
    let mut text = String::new();
    let last = standing.last_round.map_or(0, |at| at.as_second());
    let outbox = &standing.outbox;
    let troubles = u64::try_from(standing.troubles.len()).unwrap_or(u64::MAX);
    let counters = [
        ("anchorwatch_rounds_total", standing.rounds),
        ("anchorwatch_mails_sent_total", standing.sent),
        ("anchorwatch_mails_deferred_total", standing.deferred),
        ("anchorwatch_mails_given_up_total", standing.failed),
    ];
    for (name, value) in counters {
        let _ = writeln!(text, "# TYPE {name} counter\n{name} {value}");
    }
    let _ = writeln!(
        text,
        "# TYPE anchorwatch_last_round_timestamp_seconds gauge\n\
         anchorwatch_last_round_timestamp_seconds {last}\n\
         # TYPE anchorwatch_steps_in_trouble gauge\nanchorwatch_steps_in_trouble {troubles}\n\
         # TYPE anchorwatch_outbox_mails gauge"
    );
    for (state, count) in [
        ("held", outbox.held),
        ("queued", outbox.queued),
        ("sending", outbox.sending),
        ("failed", outbox.failed),
    ] {
        let _ = writeln!(
            text,
            "anchorwatch_outbox_mails{{state=\"{state}\"}} {count}"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_counted_is_exposed() {
        let standing = Standing {
            rounds: 3,
            sent: 2,
            troubles: vec!["mail".to_owned()],
            ..Standing::default()
        };
        insta::assert_snapshot!(exposition(&standing), @r#"
        # TYPE anchorwatch_rounds_total counter
        anchorwatch_rounds_total 3
        # TYPE anchorwatch_mails_sent_total counter
        anchorwatch_mails_sent_total 2
        # TYPE anchorwatch_mails_deferred_total counter
        anchorwatch_mails_deferred_total 0
        # TYPE anchorwatch_mails_given_up_total counter
        anchorwatch_mails_given_up_total 0
        # TYPE anchorwatch_last_round_timestamp_seconds gauge
        anchorwatch_last_round_timestamp_seconds 0
        # TYPE anchorwatch_steps_in_trouble gauge
        anchorwatch_steps_in_trouble 1
        # TYPE anchorwatch_outbox_mails gauge
        anchorwatch_outbox_mails{state="held"} 0
        anchorwatch_outbox_mails{state="queued"} 0
        anchorwatch_outbox_mails{state="sending"} 0
        anchorwatch_outbox_mails{state="failed"} 0
        "#);
    }
}
