/**
 * A clock that runs faster than the world's, for the demonstration of the guarantee and for nothing else: only this
 * folder's Worker is built with it.
 *
 * Everything in the isolate that asks for the time or sets a timer gets this clock: requests, caches, leases, queue
 * messages and ledgers, all of which the runtime keeps in the same isolate. What is done and decided is done by the
 * product's own code. The queue and KV beside it go on by the world's clock.
 */
interface FastClock {
	/** Milliseconds since the Unix epoch, by this clock. */
	readonly now: () => number;
	/** A moment of this clock by the world's, in which the runtime keeps alarms. */
	readonly inTheWorld: (at: number) => number;
	/** The other way round. */
	readonly onThisClock: (at: number) => number;
}

/** The world's clock, before `Date.now` is replaced. */
const worldNow = Date.now.bind(Date);

/** Begins at the world's time, when it is first asked: an isolate that is only being loaded has no time. */
export function createFastClock(speed: number, world: () => number = worldNow): FastClock {
	let begunAt: number | undefined;
	const begin = () => (begunAt ??= world());
	const onThisClock = (at: number) => begin() + (at - begin()) * speed;
	return {
		now: () => Math.round(onThisClock(world())),
		inTheWorld: (at) => Math.round(begin() + (at - begin()) / speed),
		onThisClock,
	};
}

/** Puts the clock in place of the isolate's own, timers included. */
export function replaceClock(clock: FastClock, speed: number): void {
	const setWorldTimeout = globalThis.setTimeout.bind(globalThis);
	Date.now = () => clock.now();
	// Only the form that the product uses: a function and a delay.
	globalThis.setTimeout = ((run: () => void, ms: number = 0) => setWorldTimeout(run, ms / speed)) as typeof setTimeout;
}

/** The part of a Durable Object's storage that keeps its alarm. */
interface AlarmStorage<Options> {
	setAlarm: (at: number | Date, options?: Options) => Promise<void>;
	getAlarm: (options?: Options) => Promise<number | null>;
}

/** Has a ledger's storage keep its alarms by the clock. */
export function setAlarmsBy<Options>(clock: FastClock, storage: AlarmStorage<Options>): void {
	const setWorldAlarm = storage.setAlarm.bind(storage);
	const getWorldAlarm = storage.getAlarm.bind(storage);
	storage.setAlarm = (at, options) => setWorldAlarm(clock.inTheWorld(Number(at)), options);
	storage.getAlarm = async (options) => {
		const at = await getWorldAlarm(options);
		return at === null ? null : clock.onThisClock(at);
	};
}
