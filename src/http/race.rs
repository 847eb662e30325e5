//! Two futures, and the first that ends.

use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll};

/// Which of two futures ended first.
#[derive(Debug, PartialEq)]
pub enum Either<A, B> {
    /// The first one.
    First(A),
    /// The second one.
    Second(B),
}

/// Polls both until one ends; the other is dropped, which cancels it. The first wins a tie.
pub async fn race<A, B>(first: impl Future<Output = A>, second: impl Future<Output = B>) -> Either<A, B> {
    Race { first: pin!(first), second: pin!(second) }.await
}

struct Race<'a, F, G> {
    first: Pin<&'a mut F>,
    second: Pin<&'a mut G>,
}

impl<F: Future, G: Future> Future for Race<'_, F, G> {
    type Output = Either<F::Output, G::Output>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        if let Poll::Ready(output) = self.first.as_mut().poll(context) {
            return Poll::Ready(Either::First(output));
        }
        self.second.as_mut().poll(context).map(Either::Second)
    }
}
