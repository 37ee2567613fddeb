-- Articles that were public on a site that offices had before keep the day they had there, whenever they are published here.

alter table articles add column if not exists earlier_at timestamptz(3);
comment on column articles.earlier_at is 'When it was published on the site it was taken over from: published here it has that day; null: it is from here.';
grant update (earlier_at) on articles to kheo_app;
