import { useLayoutEffect, useRef, useState } from "preact/hooks";

/** The width of an element in CSS pixels, as it changes; 0 before it is known. Drawings have text, so they are not scaled. */
export function useWidth() {
	const element = useRef<HTMLDivElement>(null);
	const [width, setWidth] = useState(0);
	useLayoutEffect(() => {
		const observed = element.current;
		if (observed === null) return undefined;
		setWidth(Math.floor(observed.clientWidth));
		const observer = new ResizeObserver(() => setWidth(Math.floor(observed.clientWidth)));
		observer.observe(observed);
		return () => observer.disconnect();
	}, []);
	return { element, width };
}
