import 'dually/cpu-worker';
