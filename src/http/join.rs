//! Several futures, and all of their outputs.

use super::Boxed;
use std::future::poll_fn;
use std::task::Poll;

/// Runs all at once, and brings their outputs in the order of the futures. Dropping it drops what is under way, which
/// cancels it. Each wake-up polls all that are not done: they are few, and the gate lets a handful send.
pub async fn all<T>(futures: Vec<Boxed<T>>) -> Vec<T> {
    let mut under_way: Vec<(Option<Boxed<T>>, Option<T>)> =
        futures.into_iter().map(|future| (Some(future), None)).collect();
    poll_fn(|context| {
        let mut pending = false;
        for (slot, output) in &mut under_way {
            let Some(future) = slot else { continue };
            match future.as_mut().poll(context) {
                Poll::Ready(value) => (*slot, *output) = (None, Some(value)),
                Poll::Pending => pending = true,
            }
        }
        if pending { Poll::Pending } else { Poll::Ready(()) }
    })
    .await;
    under_way.into_iter().filter_map(|(_, output)| output).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::http::Host;
    use crate::http::sim::{World, reply};

    #[test]
    fn outputs_keep_their_order_and_waits_run_side_by_side() {
        let world = World::new(|_, _| reply(200, ""));
        let waits = [30.0, 10.0, 20.0].map(|ms| -> Boxed<f64> {
            let timer = world.timer(ms);
            Box::pin(async move {
                timer.await;
                ms
            })
        });
        let begun = world.mono();
        assert_eq!(world.run(all(waits.into())), [30.0, 10.0, 20.0]);
        assert_eq!(world.mono() - begun, 30.0);
        assert!(world.run(all(Vec::<Boxed<()>>::new())).is_empty());
    }
}
