/** What every object inherits; a body that changes it has polluted the whole isolate. */
const SHARED = [Object.prototype, Array.prototype, Function.prototype, String.prototype, Number.prototype];

/** The names on the shared prototypes, to compare before and after. */
export function prototypeNames(): string {
	return SHARED.map((prototype) => Reflect.ownKeys(prototype).map(String).toSorted().join()).join(";");
}
