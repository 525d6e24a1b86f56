/** The one key that the fake origin accepts; in a file of its own, since tests in the Workers runtime read it too. */
export const FAKE_ORIGIN_KEY = "fake-origin-key";
