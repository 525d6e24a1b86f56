/**
 * A clock that runs faster than the world's, for the demonstration of the guarantee and for nothing else: only this
 * folder's Worker is built with it.
 *
 * Everything in the isolates of both Workers that asks for the time or sets a timer gets this clock: requests, caches, leases,
 * queue messages and ledgers. What is done and decided is done by the product's own code. The queue and KV beside them go on by the
 * world's clock.
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

/** Agreed with the world's clock at `beganAt`. All isolates are told the same moment, so that they have one time. */
export function createFastClock(speed: number, beganAt: number, world: () => number = worldNow): FastClock {
	const onThisClock = (at: number) => beganAt + (at - beganAt) * speed;
	return {
		now: () => Math.round(onThisClock(world())),
		inTheWorld: (at) => Math.round(beganAt + (at - beganAt) / speed),
		onThisClock,
	};
}

/** The bindings that only the demonstration's Workers have. */
interface DemonstrationEnv {
	readonly CLOCK_SPEED?: number;
	/** When the stack was started, in milliseconds since the Unix epoch. */
	readonly CLOCK_BEGAN_AT?: number;
}

/** Gives the isolate the clock that its bindings speak of. */
export function startFastClock({ CLOCK_SPEED = 1, CLOCK_BEGAN_AT = 0 }: DemonstrationEnv): FastClock {
	const clock = createFastClock(CLOCK_SPEED, CLOCK_BEGAN_AT);
	replaceClock(clock, CLOCK_SPEED);
	return clock;
}

/** Puts the clock in place of the isolate's own, timers included. */
function replaceClock(clock: FastClock, speed: number): void {
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
