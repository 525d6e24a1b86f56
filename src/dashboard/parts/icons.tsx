import type { ComponentChildren } from "preact";

function Icon({ children }: { readonly children: ComponentChildren }) {
	return (
		<svg class="icon" viewBox="0 0 20 20" width="20" height="20" aria-hidden="true" focusable="false">
			{children}
		</svg>
	);
}

/** Drawings of 20 by 20 beside words; they never stand for a word. */
export const BrandIcon = () => (
	<Icon>
		<path d="M3 5h6v5h5v5h3" />
	</Icon>
);
export const OverviewIcon = () => (
	<Icon>
		<path d="M3 16V9M8 16V4M13 16v-5M18 16V7" />
	</Icon>
);
export const RequestsIcon = () => (
	<Icon>
		<path d="M3 5h14M3 10h14M3 15h9" />
	</Icon>
);
export const EvidenceIcon = () => (
	<Icon>
		<path d="M10 2.5l6 2.2v4.6c0 4-2.6 6.6-6 8.2-3.4-1.6-6-4.2-6-8.2V4.7zM7.3 9.8l2 2 3.6-3.9" />
	</Icon>
);
export const ThresholdIcon = () => (
	<Icon>
		<path d="M3 17v-3M6.5 17V9M13.5 17V6M17 17v-6M10 2.5v15" />
	</Icon>
);
export const PolicyIcon = () => (
	<Icon>
		<path d="M7.5 4C5 4 5.5 9 3 10c2.5 1 2 6 4.5 6M12.5 4c2.5 0 2 5 4.5 6-2.5 1-2 6-4.5 6" />
	</Icon>
);
export const KeysIcon = () => (
	<Icon>
		<circle cx="6.5" cy="13" r="3.5" />
		<path d="M9 10.5L16.5 3M13 6.5l2.5 2.5" />
	</Icon>
);
export const PlaygroundIcon = () => (
	<Icon>
		<path d="M3 4h14v9.5H9L5.5 17v-3.5H3z" />
	</Icon>
);
export const ReportsIcon = () => (
	<Icon>
		<path d="M5 2.5h7l4 4v11H5zM12 2.5v4h4M8 10.5h5M8 13.5h5" />
	</Icon>
);
export const MenuIcon = () => (
	<Icon>
		<path d="M3 5.5h14M3 10h14M3 14.5h14" />
	</Icon>
);
