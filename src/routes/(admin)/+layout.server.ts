export { load } from '../(office)/+layout.server.ts';
