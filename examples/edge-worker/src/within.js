// Waiting, but not for ever.

export class TooLate extends Error {
  name = "TooLate";
  code = "timeout";
}

/** What `promise` gives, or `TooLate` after `ms`. The work behind it goes on, and may fail unheard. */
export async function within(ms, promise) {
  let alarm;
  const late = new Promise((_, reject) => {
    alarm = setTimeout(() => reject(new TooLate()), ms);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(alarm);
  }
}
