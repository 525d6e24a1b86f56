/**
 * A Durable Object as a queue sees it: one call after the other, in the order in which they come. Its time is what calls take, whoever
 * still waits for them.
 */
export class SingleServer {
	#freeAt = Number.NEGATIVE_INFINITY;
	#busyMs = 0;
	#calls = 0;
	#longestWaitMs = 0;
	#waitMs = 0;

	/** A call that comes at this moment and takes so long; the moment at which it has been served. Times never go back. */
	serve(at: number, ms: number): number {
		const begins = Math.max(at, this.#freeAt);
		this.#freeAt = begins + ms;
		this.#busyMs += ms;
		this.#calls += 1;
		this.#waitMs += begins - at;
		this.#longestWaitMs = Math.max(this.#longestWaitMs, begins - at);
		return this.#freeAt;
	}

	get calls(): number {
		return this.#calls;
	}

	/** Of all calls together. */
	get busyMs(): number {
		return this.#busyMs;
	}

	get meanWaitMs(): number {
		return this.#calls === 0 ? 0 : this.#waitMs / this.#calls;
	}

	get longestWaitMs(): number {
		return this.#longestWaitMs;
	}
}
