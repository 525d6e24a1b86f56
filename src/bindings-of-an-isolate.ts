/**
 * Builds a value once for each bindings object: caches live in what is built, so it must outlive a request, and the runtime
 * hands every request of an isolate the same bindings.
 */
export function onceEach<Bindings extends object, Value>(
	build: (bindings: Bindings) => Value,
): (bindings: Bindings) => Value {
	const built = new WeakMap<Bindings, { readonly value: Value }>();
	return (bindings) => {
		let known = built.get(bindings);
		if (known === undefined) {
			known = { value: build(bindings) };
			built.set(bindings, known);
		}
		return known.value;
	};
}

/** A binding without which nothing of what is asked can be done; throws where it is missing. */
export function required<Binding>(binding: Binding | undefined, name: string): Binding {
	if (binding === undefined) throw new Error(`the binding ${name} is missing`);
	return binding;
}
