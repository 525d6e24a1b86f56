import { EvidenceIcon } from "../../parts/icons.tsx";
import type { View } from "../view.ts";

export const evidenceView: View = {
	name: "evidence",
	title: "Evidence",
	about: "",
	icon: EvidenceIcon,
	needsCascade: true,
	Component: () => <p />,
};
