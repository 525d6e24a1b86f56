import type { TargetedKeyboardEvent, TargetedPointerEvent } from "preact";
import { useId, useRef } from "preact/hooks";
import type { HistogramPlane } from "../../charts/histogram.tsx";
import { MarkLabel } from "../../charts/plane.tsx";
import { showConfidence } from "../../show/show-values.ts";
import type { CertifiedRange } from "./certified-range.ts";

/** How far a key moves the threshold. */
const STEPS: Readonly<Record<string, number>> = {
	ArrowLeft: -0.01,
	ArrowDown: -0.01,
	ArrowRight: 0.01,
	ArrowUp: 0.01,
	PageDown: -0.05,
	PageUp: 0.05,
};

/**
 * The threshold on its histogram: dragged anywhere in it by mouse, pen or finger, moved by keys. A finger that goes up or
 * down scrolls the page.
 */
export function ThresholdSlider({
	plane: { area, placeOf, valueAt },
	value,
	valueText,
	inForce,
	certified,
	evaluated,
	onMove,
}: {
	readonly plane: HistogramPlane;
	readonly value: number;
	/** What the value means, spoken after each move. */
	readonly valueText: string;
	/** The threshold that decides now; null where nothing is accepted. */
	readonly inForce: number | null;
	readonly certified: CertifiedRange | null;
	/** Thresholds that there is evidence on. */
	readonly evaluated: readonly number[];
	readonly onMove: (value: number) => void;
}) {
	const clip = useId();
	const slider = useRef<SVGGElement>(null);
	const moveTo = (event: TargetedPointerEvent<SVGRectElement>) => {
		const drawing = event.currentTarget.ownerSVGElement;
		if (drawing === null) return;
		onMove(rounded(valueAt(event.clientX - drawing.getBoundingClientRect().left)));
	};
	const onKeyDown = (event: TargetedKeyboardEvent<SVGGElement>) => {
		const step = STEPS[event.key];
		if (step !== undefined) onMove(rounded(value + (event.shiftKey ? step / 10 : step)));
		else if (event.key === "Home") onMove(0);
		else if (event.key === "End") onMove(1);
		else return;
		event.preventDefault();
	};
	const x = placeOf(value);
	const isRight = value > 0.5;
	// Away from the line that is moved, where there is room.
	const isNowLeft = inForce !== null && (inForce > 0.78 || (inForce < value && inForce > 0.22));
	return (
		<>
			<g aria-hidden="true">
				{certified !== null && (
					<g class="certified-range">
						<clipPath id={clip}>
							<rect x={area.left} y={area.top} width={area.right - area.left} height={area.bottom - area.top} />
						</clipPath>
						<rect
							clip-path={`url(#${clip})`}
							x={placeOf(certified.from) - 2}
							width={Math.max(4, placeOf(certified.to) - placeOf(certified.from) + 4)}
							y={area.top}
							height={area.bottom - area.top}
						/>
					</g>
				)}
				{evaluated.map((threshold) => (
					<line
						key={threshold}
						class="evaluated"
						x1={placeOf(threshold)}
						x2={placeOf(threshold)}
						y1={area.bottom + 1}
						y2={area.bottom + 7}
					/>
				))}
				{inForce !== null && inForce !== value && (
					<g class="in-force">
						<line x1={placeOf(inForce)} x2={placeOf(inForce)} y1={area.top} y2={area.bottom} />
						<MarkLabel
							x={placeOf(inForce) + (isNowLeft ? -6 : 6)}
							y={area.top + 26}
							anchor={isNowLeft ? "end" : "start"}
							tone="muted"
						>
							now {showConfidence(inForce)}
						</MarkLabel>
					</g>
				)}
			</g>
			<rect
				class="drag-area"
				aria-hidden="true"
				x={area.left}
				y={area.top}
				width={area.right - area.left}
				height={area.bottom - area.top + 28}
				onPointerDown={(event) => {
					event.currentTarget.setPointerCapture(event.pointerId);
					moveTo(event);
					slider.current?.focus({ preventScroll: true });
					event.preventDefault();
				}}
				onPointerMove={(event) => event.currentTarget.hasPointerCapture(event.pointerId) && moveTo(event)}
			/>
			<g
				ref={slider}
				class="threshold-line"
				role="slider"
				// In lower case: names of SVG's attributes are taken as they are written.
				tabindex={0}
				aria-label="Threshold"
				aria-orientation="horizontal"
				aria-valuemin={0}
				aria-valuemax={1}
				aria-valuenow={value}
				aria-valuetext={valueText}
				onKeyDown={onKeyDown}
			>
				<line x1={x} x2={x} y1={area.top - 4} y2={area.bottom} />
				<rect class="grip" x={x - 7} y={(area.top + area.bottom) / 2 - 15} width={14} height={30} rx={4} />
				<path
					class="grip-lines"
					d={`M${x - 2} ${(area.top + area.bottom) / 2 - 6}v12M${x + 2} ${(area.top + area.bottom) / 2 - 6}v12`}
				/>
				<MarkLabel x={x + (isRight ? -11 : 11)} y={area.top + 8} anchor={isRight ? "end" : "start"} tone="chosen">
					{showConfidence(value)}
				</MarkLabel>
			</g>
		</>
	);
}

/** To thousandths, from 0 to 1. */
function rounded(value: number): number {
	return Math.min(1, Math.max(0, Math.round(value * 1_000) / 1_000));
}
