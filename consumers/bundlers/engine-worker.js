import 'dually/engine-worker';
