import { Map as ZoomedMap, setWorkerUrl, type ExpressionSpecification, type StyleSpecification } from 'maplibre-gl';
import 'maplibre-gl/dist/maplibre-gl.css';
import workerUrl from 'maplibre-gl/dist/maplibre-gl-worker.mjs?url';
import { extentOf, namePoint, type Extent, type Outlines } from './outline.ts';

/**
 * MapLibre with nothing but our own outlines: no tiles, no fonts and no pictures from anywhere. Brought only when a reader
 * asks for it: see docs/decisions/0016-zoomed-map.md.
 */

const workerAddress = new URL(workerUrl, location.href).href;
setWorkerUrl(workerAddress);
// MapLibre starts its worker from text. This policy makes of it the address of that one file; every other stays refused.
globalThis.trustedTypes?.createPolicy('default', {
	createScriptURL: (address) => (address === workerAddress ? address : null)
});

/** What is shown where a file has no outlines at all. */
const AROUND: Extent = [102, 6, 118, 24];
/** The country on a phone, a ward on an office screen. */
const FARTHEST = 3;
const CLOSEST = 13;
const MARGIN = 24;
const MOVED_MS = 500;

/** Colours as the page has them, by name. */
export type Colours = Record<'sea' | 'line' | 'rock' | 'ink' | 'focus', string>;
/** A place as it is shown: filled in `colour`, told by `label`. */
export type Shown = { id: string; colour: string; label: string };

type Options = {
	container: HTMLElement;
	title: string;
	outlines: Outlines;
	places: readonly Shown[];
	colours: Colours;
	help: { desk: string; mac: string; phone: string };
	/** The place under the pointer or, without one, in the middle of the map. */
	onPoint: (place: string | null) => void;
	onChoose: (place: string) => void;
};

export type Zoomed = {
	zoomIn: () => void;
	zoomOut: () => void;
	show: (extent: Extent) => void;
	close: () => void;
};

/** Draws the map and answers what can be done with it; `onPoint` and `onChoose` tell what the reader does. */
export function zoomed({ container, title, outlines, places, colours, help, onPoint, onChoose }: Options): Zoomed {
	const extent = extentOf(outlines.features) ?? AROUND;
	const map = new ZoomedMap({
		container,
		style: styleOf(outlines, places, colours),
		bounds: extent,
		fitBoundsOptions: { padding: MARGIN },
		minZoom: FARTHEST,
		maxZoom: CLOSEST,
		renderWorldCopies: false,
		attributionControl: false,
		dragRotate: false,
		pitchWithRotate: false,
		touchPitch: false,
		cooperativeGestures: true,
		fadeDuration: 0,
		locale: {
			'Map.Title': title,
			'CooperativeGesturesHandler.WindowsHelpText': help.desk,
			'CooperativeGesturesHandler.MacHelpText': help.mac,
			'CooperativeGesturesHandler.MobileHelpText': help.phone
		}
	});
	map.keyboard.disableRotation();
	map.touchZoomRotate.disableRotation();
	const at = (point: { x: number; y: number }): string | null => {
		const [found] = map.queryRenderedFeatures([point.x, point.y], { layers: ['areas'] });
		const place: unknown = found?.properties['place'];
		return typeof place === 'string' ? place : null;
	};
	const inMiddle = () => at(map.project(map.getCenter()));
	const point = (place: string | null) => {
		map.setFilter('pointed', ['==', ['get', 'place'], place ?? '']);
		onPoint(place);
	};
	// A pointer that only lies over the map points at nothing while the keyboard moves it.
	let isPointing = false;
	map.on('movestart', () => (isPointing = false));
	map.on('mouseout', () => (isPointing = false));
	map.on('idle', () => {
		if (!isPointing) point(inMiddle());
	});
	map.on('mousemove', (event) => {
		isPointing = true;
		const place = at(event.point);
		map.getCanvas().style.cursor = place ? 'pointer' : '';
		point(place);
	});
	map.on('click', (event) => {
		const place = at(event.point);
		if (place) onChoose(place);
	});
	map.getCanvas().addEventListener('keydown', (event) => {
		const place = event.key === 'Enter' ? inMiddle() : null;
		if (place) onChoose(place);
	});
	return {
		zoomIn: () => void map.zoomIn({ duration: MOVED_MS }),
		zoomOut: () => void map.zoomOut({ duration: MOVED_MS }),
		show: (one) => void map.fitBounds(one, { padding: MARGIN, maxZoom: CLOSEST - 2, duration: MOVED_MS }),
		close: () => map.remove()
	};
}

function styleOf(outlines: Outlines, places: readonly Shown[], colours: Colours): StyleSpecification {
	const shown = new Map(places.map((one) => [one.id, one]));
	const areas = outlines.features.map((feature) => ({
		...feature,
		properties: { ...feature.properties, colour: shown.get(feature.properties.place)?.colour ?? colours.sea }
	}));
	const names = outlines.features.map((feature) => {
		const { place, region } = feature.properties;
		const name = { mainland: shown.get(place)?.label ?? '', hoang_sa: 'Hoàng Sa', truong_sa: 'Trường Sa' }[region];
		const geometry = { type: 'Point' as const, coordinates: namePoint(feature) };
		return { type: 'Feature' as const, properties: { name, order: region === 'mainland' ? 1 : 0 }, geometry };
	});
	const isRock: ExpressionSpecification = ['!=', ['get', 'region'], 'mainland'];
	return {
		version: 8,
		sources: {
			areas: { type: 'geojson', data: { type: 'FeatureCollection', features: areas }, tolerance: 0.2 },
			names: { type: 'geojson', data: { type: 'FeatureCollection', features: names } }
		},
		layers: [
			{ id: 'sea', type: 'background', paint: { 'background-color': colours.sea } },
			{ id: 'areas', type: 'fill', source: 'areas', paint: { 'fill-color': ['get', 'colour'] } },
			{
				id: 'borders',
				type: 'line',
				source: 'areas',
				paint: {
					'line-color': ['case', isRock, colours.rock, colours.line],
					'line-width': ['case', isRock, 1.5, 0.8]
				}
			},
			{
				id: 'pointed',
				type: 'line',
				source: 'areas',
				filter: ['==', ['get', 'place'], ''],
				paint: { 'line-color': colours.focus, 'line-width': 3 }
			},
			{
				id: 'names',
				type: 'symbol',
				source: 'names',
				layout: {
					'text-field': ['get', 'name'],
					'text-font': ['Be Vietnam Pro'],
					'text-size': 12,
					// Names that would cover another are left out; the archipelagos' are set first.
					'symbol-sort-key': ['get', 'order']
				},
				paint: { 'text-color': colours.ink, 'text-halo-color': colours.sea, 'text-halo-width': 1.5 }
			}
		]
	};
}
