use serde_json::json;

use crate::{
    remember,
    support::{PrivateRedis, Server},
};

#[test]
fn requests_are_counted_by_route_and_the_state_of_redis_is_told() {
    let mut redis = PrivateRedis::start();
    let server = Server::start(&redis, &["--no-reset"]);
    remember(&server, "secret-user", "a", "semantic");
    server.call("POST", "/api/v1/memories", &json!({}));
    server.get("/api/v1/memories/secret-id");
    server.get("/nothing/secret");
    let reply = server.get("/metrics");
    assert_eq!(
        (reply.status, reply.header("content-type")),
        (200, "text/plain; version=0.0.4; charset=utf-8")
    );
    for line in [
        r#"agent_memory_http_requests_total{method="POST",route="/api/v1/memories",status="201"} 1"#,
        r#"agent_memory_http_requests_total{method="POST",route="/api/v1/memories",status="400"} 1"#,
        r#"agent_memory_http_requests_total{method="GET",route="/api/v1/memories/{memory_id}",status="404"} 1"#,
        "agent_memory_memories 1",
        "agent_memory_redis_up 1",
        r#"agent_memory_http_request_duration_seconds_count{method="POST",route="/api/v1/memories"} 2"#,
    ] {
        assert!(reply.text.lines().any(|found| found == line), "{line} is not in: {}", reply.text);
    }
    assert!(!reply.text.contains("secret"), "{}", reply.text);

    redis.crash();
    while !server.get("/metrics").text.contains("agent_memory_redis_up 0") {}
}
