/**
 * A response body that pulls its text from a generator: the client's reading speed is the generator's. `onCancel` runs when the client
 * leaves, before the generator is ended, so that a read it is waiting on can be broken off.
 */
export function byteStream(texts: AsyncGenerator<string, void>, onCancel: () => void): ReadableStream<Uint8Array> {
	const encoder = new TextEncoder();
	return new ReadableStream<Uint8Array>({
		async pull(controller) {
			const { done, value } = await texts.next();
			if (done === true) controller.close();
			else controller.enqueue(encoder.encode(value));
		},
		async cancel() {
			onCancel();
			await texts.return();
		},
	});
}
