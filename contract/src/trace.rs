//! Correlation across processes: the request id, and W3C Trace Context (`traceparent` version 00, `tracestate`). In: headers
//! from any caller. Out: values that are safe to log and to pass on.

use std::fmt;

use http::{HeaderMap, HeaderValue};
use uuid::Uuid;

use crate::{
    headers::{TRACEPARENT, only},
    trace_state,
};

/// The id of one request: 1 to 128 visible ASCII characters without quotes or backslashes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestId(String);

impl RequestId {
    /// The caller's id if it is well formed, else a new one.
    pub fn accept(header: Option<&str>) -> Self {
        let well_formed = |id: &&str| {
            (1..=128).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_graphic() && b != b'"' && b != b'\\')
        };
        header.filter(well_formed).map_or_else(Self::generate, |id| Self(id.to_owned()))
    }

    /// A new id.
    pub fn generate() -> Self {
        Self(Uuid::new_v4().simple().to_string())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The only flag that version 00 defines (section 3.2.2.5); the others are sent as zero.
const SAMPLED: u8 = 0x01;

/// A span's place in a trace: W3C Trace Context, section 3.2.2. Cheap to clone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TraceContext {
    trace_id: u128,
    span_id: u64,
    flags: u8,
    /// The `tracestate` of the caller, for outgoing calls.
    state: Option<HeaderValue>,
}

impl TraceContext {
    /// The caller's trace with its state, if there is one well-formed `traceparent`, else a new one (section 4.3); in both
    /// cases with a new span id.
    pub fn accept(headers: &HeaderMap) -> Self {
        let parent = only(headers, TRACEPARENT).ok().flatten().and_then(|value| Self::parse(value.to_str().ok()?));
        match parent {
            Some(parent) => Self { state: trace_state::read(headers), ..parent }.child(),
            None => Self::start(),
        }
    }

    /// The trace of a `traceparent` and its state, with a new span id; a new trace if it is malformed.
    pub fn continued(parent: Option<&str>, state: Option<&str>) -> Self {
        let parent = parent.and_then(Self::parse);
        let state = state.and_then(|state| HeaderValue::from_str(state).ok());
        parent.map_or_else(Self::start, |parent| Self { state, ..parent }.child())
    }

    /// A new trace.
    pub fn start() -> Self {
        Self { trace_id: random(), span_id: 0, flags: SAMPLED, state: None }.child()
    }

    /// The value of `tracestate` for an outgoing call.
    pub fn state(&self) -> Option<&HeaderValue> {
        self.state.as_ref()
    }

    /// The same trace with a new span id: what goes into an outgoing call.
    #[must_use]
    pub fn child(&self) -> Self {
        // A random 128-bit value has 122 random bits; the half without the version digit is enough for a span.
        let span_id = u64::try_from(random() & u128::from(u64::MAX)).unwrap_or(1).max(1);
        Self { span_id, ..self.clone() }
    }

    /// The trace's id as 32 hex digits, for logs.
    pub fn trace_id(&self) -> String {
        format!("{:032x}", self.trace_id)
    }

    fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split('-');
        let (version, trace_id, span_id, flags) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let hex = |text: &str, length: usize| {
            text.len() == length && text.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        };
        // A later version may have more parts; version ff is forbidden.
        let shaped = hex(version, 2) && version != "ff" && (version != "00" || parts.next().is_none());
        if !shaped || !hex(trace_id, 32) || !hex(span_id, 16) || !hex(flags, 2) {
            return None;
        }
        let context = Self {
            trace_id: u128::from_str_radix(trace_id, 16).ok()?,
            span_id: u64::from_str_radix(span_id, 16).ok()?,
            flags: u8::from_str_radix(flags, 16).ok()? & SAMPLED,
            state: None,
        };
        (context.trace_id != 0 && context.span_id != 0).then_some(context)
    }
}

impl fmt::Display for TraceContext {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "00-{:032x}-{:016x}-{:02x}", self.trace_id, self.span_id, self.flags)
    }
}

fn random() -> u128 {
    Uuid::new_v4().as_u128()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_well_formed_trace_is_continued_with_a_new_span() {
        let header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        let context = TraceContext::accept(&headers(&[(TRACEPARENT, header), ("tracestate", "rojo=1")]));
        assert_eq!(context.child().state(), Some(&HeaderValue::from_static("rojo=1")));
        assert_eq!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        assert!(context.to_string().starts_with("00-0af7651916cd43dd8448eb211c80319c-"));
        assert_ne!(context.to_string(), header);
        let again = TraceContext::parse(&context.to_string()).unwrap();
        assert_eq!((again.trace_id, again.span_id, again.flags), (context.trace_id, context.span_id, SAMPLED));
    }

    fn headers(values: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in values {
            headers.append(*name, HeaderValue::from_static(value));
        }
        headers
    }

    #[test]
    fn unknown_flags_are_not_passed_on() {
        for (sent, passed) in [("ff", "01"), ("fe", "00"), ("03", "01"), ("00", "00")] {
            let header = format!("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-{sent}");
            assert!(TraceContext::parse(&header).unwrap().to_string().ends_with(passed), "{sent}");
        }
    }

    #[test]
    fn a_state_without_one_good_parent_is_dropped() {
        let good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
        for parents in [&[][..], &[(TRACEPARENT, "00-1-2-01")], &[(TRACEPARENT, good), (TRACEPARENT, good)]] {
            let context = TraceContext::accept(&headers(&[parents, &[("tracestate", "rojo=1")]].concat()));
            assert_eq!(context.state(), None);
            assert_ne!(context.trace_id(), "0af7651916cd43dd8448eb211c80319c");
        }
    }

    #[test]
    fn a_malformed_trace_is_replaced() {
        for header in [
            "",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-more",
        ] {
            assert_eq!(TraceContext::parse(header), None, "{header}");
        }
    }

    #[test]
    fn request_ids_that_could_break_a_log_line_are_replaced() {
        assert_eq!(RequestId::accept(Some("abc-1")).as_str(), "abc-1");
        for hostile in ["", "a b", "a\"b", "a\nb", "é", &"x".repeat(129)] {
            assert_ne!(RequestId::accept(Some(hostile)).as_str(), hostile);
        }
    }
}
