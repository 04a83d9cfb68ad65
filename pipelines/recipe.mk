# What the recipes share. Each is one file beside this one, made of steps that read files and write
# files, so a second run does nothing, a change is followed by what depends on it and nothing else, and
# a run that was broken off goes on where it was: training from its last checkpoint, a test at its last
# answer.
#
#   make agentic                      a recipe, into work/agentic
#   make agentic WORK=DIR             somewhere else (of one recipe at a time)
#   make agentic BASE=NAME            with that model (see dpo-eval(1)) in place of data/base
#   make agentic PROFILE=published    the numbers as they were published, in place of those that work
#   make agentic TRAIN='--seed 7'     more options for dpo-train; they win
#   make work/agentic/base.jsonl      a step, and what it needs
#   make -n -o all agentic            the steps, all of them, without the build
#   make agentic-clean                removes what was made
#
# What a recipe's file sets with ':=' at its head can be set like these: make voice voice_known=0.5

# Not from the environment: WORK means somebody's whole storage on many clusters.
WORK :=
PROFILE := working
BASE := data/base
MODEL := $(BASE)
TRAIN :=

# $(call one_of,VARIABLE,WORDS): nothing, or the end.
one_of = $(if $(and $(filter 1,$(words $($1))),$(filter $2,$($1))),,$(error $1 is one of '$2', not '$($1)'))
$(call one_of,PROFILE,working published)

# $(call one_word,NAME,WHAT,VALUE): the same for what has a name of its own.
one_word = $(if $(filter 1,$(words $3)),,$(error $1 is one $2 without blanks in its name, not '$3'))
$(call one_word,BASE,model,$(MODEL))
$(if $(WORK),$(call one_word,WORK,folder,$(WORK)))
recipes := $(filter pipeline agentic arabic constrained voice,$(MAKECMDGOALS))
$(if $(and $(WORK),$(word 2,$(recipes))), \
	$(error WORK is the place of one recipe))

# However a folder is written, it is the same one.
is_folder = $(findstring |$(abspath $1)|,|$(abspath $(MODEL))|)
override MODEL := $(or $(strip $(foreach folder,data/base build/models/tiny,$(if $(call is_folder,$(folder)),$(folder)))), \
	$(patsubst %/,%,$(MODEL)))

# $(call place,GOAL[,NAME]): the folder of a recipe.
place = $(or $(if $(filter $1 $1-%,$(MAKECMDGOALS)),$(WORK)),work/$(or $2,$1))

# The model is a prerequisite where it is a folder or a file; a name is looked up by the programs.
weights := $(or $(filter build/models/tiny/%,$(MODEL)/model.safetensors), \
	$(wildcard $(MODEL)/*.safetensors $(MODEL)/*.gguf $(filter %.gguf,$(MODEL))))
$(if $(or $(weights),$(if $(recipes),,no)),,$(if $(wildcard $(MODEL)/.),$(error there is no *.safetensors and no *.gguf in '$(MODEL)')))

# The numbers of a profile are meant for models of 0.1 to 8 thousand million parameters.
# $(call small,OPTIONS) are those for the teaching model and the random one.
teaching := $(filter data/base build/models/tiny,$(MODEL))
small = $(if $(filter working,$(PROFILE)),$(if $(teaching),$1))
tiny := $(if $(filter build/models/tiny,$(MODEL)),--max-steps 6 --logging-steps 2 --eval-steps 3 --save-steps 2)

# A file that says how something is to be made changes only when its text does. What is set by name, a
# file or a number, is said in one of these.
quoted = '$(subst ','\'',$1)'
note = @mkdir -p $(@D) && said=$(call quoted,$(says)) && \
	{ printf '%s\n' "$$said" | cmp -s - $@ || printf '%s\n' "$$said" > $@; }

# What dpo-split writes, manifest.json last. Who needs one of them needs them all: killed between two names
# it has to write them again.
parts := manifest.json train.jsonl val.jsonl test.jsonl

# The folder of a run begins anew when RUN.begun does, and holds its metadata when it is over.
begin = @mkdir -p $(@D) && { [ ! -e $(@:.begun=)/.lock ] || rm -rf $(@:.begun=); } && touch $@

# What a command without -o writes: whole or not at all.
whole = > $@.part && mv $@.part $@

# What a report in plain text begins with.
table = @echo && sed '/^By part of the test/,$$d; /^Side by side/,$$d' $1

# $(call report,TITLE,RUN): report.txt or report.html of what stands beside it. A title with a comma comes
# from a variable.
report = bin/dpo-report $(if $(filter %.txt,$@),--text) --title '$1' -o $@ \
	$(if $(filter %.html,$@),$2) $(@D)/base.jsonl $(@D)/trained.jsonl

# $(call remove,FOLDER,FILES,RUNS): nothing that only has the name of what was made.
remove = for file in $(addprefix $1/,$2 $(3:%=%.begun)); do [ -d $$file ] || rm -f $$file $$file.part || exit; \
	done; rm -rf $1/.*.*-*.tmp
remove_runs = for run in $(addprefix $1/,$2); do [ ! -e $$run/.lock ] || rm -rf $$run || exit 1; done
remove_place = rmdir $1 2> /dev/null || true

# On a fresh clone the programs come from the build; later only a newer one counts.
bin/dpo-%: | all ;

build/models/tiny/model.safetensors: $(wildcard data/tiny/*.json) pipelines/seed_model.c \
		| $(build)/pipelines/seed_model
	@mkdir -p $(@D)
	$(build)/pipelines/seed_model data/tiny/config.json --tokenizer data/tiny -o $(@D)

# Pairs with scores by several people. Whom to trust shows where they judged the same answers, so equal
# pairs stay until that is known; then each counts once.
scored := build/data/scored.jsonl

build/data/labels.jsonl: data/arabic/pairs.jsonl data/arabic/nested.json bin/dpo-merge
	@mkdir -p $(@D)
	bin/dpo-merge --duplicates keep -o $@ $(wordlist 1,2,$^)

build/data/agreed.jsonl: build/data/labels.jsonl bin/dpo-filter
	bin/dpo-filter --min-agreement 0.6 -o $@ $<

$(scored): build/data/agreed.jsonl bin/dpo-merge
	bin/dpo-merge -o $@ $<
