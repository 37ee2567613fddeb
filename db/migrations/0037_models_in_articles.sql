create table article_models (
	article_id uuid not null constraint article_models_article_fk references articles,
	registration_id uuid not null constraint article_models_registration_fk references registrations,
	action_id uuid not null,
	constraint article_models_pk primary key (article_id, registration_id)
);
create index article_models_registration_index on article_models (registration_id);
comment on table article_models is 'Recognised models that an article introduces to the public: the register shows its pictures and its lead with them.';
grant select, insert, delete on article_models to kheo_app;
