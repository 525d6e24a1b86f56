/** Quality figures of a label model on held-out mails. */

/** One answer: how sure the model was, in [0, 1], and whether it was right. */
export interface ScoredAnswer {
	readonly confidence: number;
	readonly isCorrect: boolean;
}

/** Share of correct answers. */
export function accuracy(answers: readonly ScoredAnswer[]): number {
	return answers.filter((answer) => answer.isCorrect).length / answers.length;
}

/**
 * Area under the ROC curve of confidence as a detector of correct answers: the
 * chance that a correct answer is surer than a wrong one, ties counting half.
 */
export function areaUnderCurve(answers: readonly ScoredAnswer[]): number {
	const sorted = answers.toSorted((left, right) => left.confidence - right.confidence);
	let correctRankSum = 0;
	for (let start = 0; start < sorted.length;) {
		let end = start + 1;
		while (end < sorted.length && sorted[end]?.confidence === sorted[start]?.confidence) end += 1;
		const correct = sorted.slice(start, end).filter((answer) => answer.isCorrect).length;
		// Tied answers share the mean of the ranks start + 1 to end.
		correctRankSum += (correct * (start + 1 + end)) / 2;
		start = end;
	}
	const correctCount = answers.filter((answer) => answer.isCorrect).length;
	const wrongCount = answers.length - correctCount;
	return (correctRankSum - (correctCount * (correctCount + 1)) / 2) / (correctCount * wrongCount);
}

/** Expected calibration error over 15 bins of equal width (Guo et al. 2017). */
export function expectedCalibrationError(answers: readonly ScoredAnswer[]): number {
	const bins = Map.groupBy(answers, (answer) => Math.min(14, Math.floor(answer.confidence * 15)));
	let error = 0;
	for (const bin of bins.values()) {
		const meanConfidence = bin.reduce((sum, answer) => sum + answer.confidence, 0) / bin.length;
		error += (bin.length / answers.length) * Math.abs(accuracy(bin) - meanConfidence);
	}
	return error;
}

/**
 * Accuracy of a two-stage cascade that sends a share of mails on.
 *
 * @param priority position i's claim to escalation; the highest are escalated.
 */
export function cascadeAccuracy(
	small: readonly ScoredAnswer[],
	large: readonly ScoredAnswer[],
	priority: readonly number[],
	escalatedShare: number,
): number {
	const order = priority.map((_value, position) => position);
	order.sort((left, right) => (priority[right] ?? 0) - (priority[left] ?? 0) || left - right);
	const escalated = new Set(order.slice(0, Math.round(escalatedShare * order.length)));
	return accuracy(small.map((answer, position) => (escalated.has(position) ? (large[position] ?? answer) : answer)));
}
