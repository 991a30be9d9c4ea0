use std::{sync::Arc, task, time::Duration};

use alloy_json_rpc::{Id, RequestPacket, Response, ResponsePacket, SerializedRequest};
use alloy_transport::{TransportError, TransportErrorKind, TransportFut};

use crate::chain::{
    Fault,
    host::{Link, LinkError, Sleep, timeout},
};

/// alloy's transport over one [`Link`]: adds the time limit and turns HTTP's ways to fail into [`Fault`]s.
#[derive(Clone)]
pub(super) struct LinkTransport {
    pub(super) link: Arc<dyn Link>,
    pub(super) sleep: Arc<dyn Sleep>,
    pub(super) limit: Duration,
}

impl LinkTransport {
    async fn one(self, request: SerializedRequest) -> Result<Response, Fault> {
        let body = request.serialized().get().to_owned();
        let answer = match timeout(&*self.sleep, self.limit, self.link.exchange(body)).await {
            None => return Err(Fault::TimedOut(self.limit)),
            Some(Err(LinkError::Unreachable)) => return Err(Fault::Unreachable),
            Some(Err(LinkError::NotAllowed)) => return Err(Fault::NotAllowed),
            Some(Err(LinkError::TooLarge(limit))) => return Err(Fault::TooLarge(limit)),
            Some(Ok(answer)) => answer,
        };
        if answer.status == 429 {
            return Err(Fault::RateLimited { retry_after: answer.retry_after });
        }
        // some nodes answer 4xx/5xx with a JSON-RPC error inside, which says more than the status
        let response: Result<Response, _> = serde_json::from_str(&answer.body);
        match response {
            Err(_) if answer.status != 200 => Err(Fault::Http(answer.status)),
            Err(_) => Err(Fault::NotJson),
            Ok(response) if answer.status != 200 && response.is_success() => Err(Fault::Http(answer.status)),
            // an error may carry a null id when the node could not read the request
            Ok(response)
                if response.id != *request.id() && !(response.is_error() && response.id == Id::None) =>
            {
                Err(Fault::WrongId)
            }
            Ok(response) => Ok(response),
        }
    }
}

impl tower::Service<RequestPacket> for LinkTransport {
    type Response = ResponsePacket;
    type Error = TransportError;
    type Future = TransportFut<'static>;

    fn poll_ready(&mut self, _: &mut task::Context<'_>) -> task::Poll<Result<(), TransportError>> {
        task::Poll::Ready(Ok(()))
    }

    fn call(&mut self, packet: RequestPacket) -> Self::Future {
        let transport = self.clone();
        Box::pin(async move {
            match packet {
                RequestPacket::Single(request) => {
                    let response = transport.one(request).await.map_err(TransportErrorKind::custom)?;
                    Ok(ResponsePacket::Single(response))
                }
                // public endpoints cap JSON-RPC batches at three; Multicall3 is the app's batch
                RequestPacket::Batch(_) => Err(TransportErrorKind::custom_str("batches are not used")),
            }
        })
    }
}

/// The [`Fault`] inside a transport error, if it came from [`LinkTransport`].
pub(super) fn fault_of(error: &TransportErrorKind) -> Fault {
    match error {
        TransportErrorKind::Custom(inner) => {
            inner.downcast_ref::<Fault>().cloned().unwrap_or_else(|| Fault::Internal(inner.to_string()))
        }
        other => Fault::Internal(other.to_string()),
    }
}
