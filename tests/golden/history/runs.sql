PRAGMA journal_mode = WAL;
PRAGMA application_id = 1685090152;
PRAGMA user_version = 1;
CREATE TABLE runs(
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL CHECK (kind IN ('train', 'eval', 'deploy')),
  started_at TEXT NOT NULL,
  finished_at TEXT,
  seconds REAL,
  result TEXT NOT NULL
    CHECK (result IN ('running', 'done', 'stopped', 'failed', 'gate')),
  exit_status INTEGER,
  resumed INTEGER NOT NULL CHECK (resumed IN (0, 1)),
  run_dir TEXT,
  model TEXT,
  model_hash TEXT,
  data_hash TEXT,
  adapter TEXT,
  options TEXT,
  host TEXT NOT NULL,
  pid INTEGER NOT NULL,
  version TEXT NOT NULL);
CREATE TABLE figures(
  run_id INTEGER NOT NULL REFERENCES runs(id) ON DELETE CASCADE,
  name TEXT NOT NULL,
  value REAL,
  PRIMARY KEY (run_id, name)) WITHOUT ROWID;
INSERT INTO runs VALUES
(0,'train','2026-11-18T13:10:00Z','2026-11-18T13:31:20Z',1280.0,'done',0,0,'work/small','smollm2-360m','91b3','d01a',NULL,'{"beta":"0.1"}','node1',310,'0.6.0'),
(1,'train','2026-11-19T02:00:04Z','2026-11-19T03:12:40Z',4356.1,'done',0,0,'work/monday','qwen2.5-3b','5f1c','d01a',NULL,'{"beta":"0.1","learning-rate":"5e-5"}','node1',4711,'0.6.0'),
(2,'eval','2026-11-19T03:12:41Z','2026-11-19T03:20:02Z',441.3,'done',0,0,'work/monday.jsonl','qwen2.5-3b','5f1c','7e57','work/monday','{}','node1',4790,'0.6.0'),
(3,'deploy','2026-11-19T03:21:00Z','2026-11-19T03:22:10Z',70.2,'done',0,0,'mortgage-advisor:prod',NULL,NULL,NULL,'work/monday','{}','node1',4800,'0.6.0'),
(4,'train','2026-11-20T02:00:04Z','2026-11-20T02:31:07Z',1863.0,'stopped',75,0,'work/tuesday','qwen2.5-3b','5f1c','d01b',NULL,'{"beta":"0.2","learning-rate":"5e-5"}','node2',812,'0.6.0'),
(5,'train','2026-11-20T02:40:00Z','2026-11-20T03:22:11Z',2531.0,'done',0,1,'work/tuesday','qwen2.5-3b','5f1c','d01b',NULL,'{"beta":"0.2","learning-rate":"5e-5"}','node2',913,'0.6.0'),
(6,'eval','2026-11-20T03:22:12Z','2026-11-20T03:29:30Z',438.0,'gate',3,0,'work/tuesday.jsonl','qwen2.5-3b','5f1c','7e57','work/tuesday','{}','node2',990,'0.6.0'),
(7,'train','2026-11-21T02:00:03Z',NULL,NULL,'running',NULL,0,'work/wednesday','smollm2-360m','91b3','d01c',NULL,'{}','node1',6020,'0.6.0'),
(8,'eval','2026-11-21T04:00:00Z','2026-11-21T04:07:02Z',422.0,'done',0,0,'work/wednesday.jsonl','qwen2.5-3b','5f1c','7e57','work/wednesday','{}','node1',6100,'0.6.0');
INSERT INTO figures VALUES
(0,'eval_rewards/margins',0.41),
(1,'eval_rewards/margins',0.81),(1,'kl',0.06),(1,'loss',0.412),
(2,'preference_accuracy',0.7321),
(5,'eval_rewards/margins',0.93),(5,'kl',0.08),(5,'loss',0.377),
(6,'preference_accuracy',0.6786),
(8,'preference_accuracy',0.7679);
