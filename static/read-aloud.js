// Reads an article aloud where the browser has a Vietnamese voice; without one the button stays hidden.
(() => {
	const button = document.querySelector('.read-aloud');
	const speech = window.speechSynthesis;
	if (!button || !speech) return;
	const said = button.textContent;
	let isReading = false;
	const voiceOf = () => speech.getVoices().find((voice) => voice.lang.replace('_', '-').toLowerCase().startsWith('vi'));
	const offer = () => {
		if (voiceOf()) button.hidden = false;
	};
	const stop = () => {
		isReading = false;
		speech.cancel();
		button.textContent = said;
	};
	const read = () => {
		const parts = document.querySelectorAll(
			'.article > h1, .article > .lead, .article-body :is(p, h2, h3, li, blockquote)'
		);
		const texts = [...parts]
			.filter((part) => !part.parentElement.closest('li, blockquote'))
			.map((part) => part.textContent);
		isReading = true;
		button.textContent = button.dataset.stop;
		texts.forEach((text, at) => {
			const words = new SpeechSynthesisUtterance(text);
			words.voice = voiceOf();
			words.lang = 'vi-VN';
			if (at === texts.length - 1) words.onend = stop;
			speech.speak(words);
		});
	};
	button.addEventListener('click', () => (isReading ? stop() : read()));
	speech.addEventListener('voiceschanged', offer);
	window.addEventListener('pagehide', () => speech.cancel());
	offer();
})();
